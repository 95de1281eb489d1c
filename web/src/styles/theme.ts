import { Button, createTheme, Input, Menu, Modal, type CSSVariablesResolver } from '@mantine/core'
import { dark, light, scales } from '#styles/tokens.ts'

export const theme = createTheme({
  primaryColor: 'blue',
  primaryShade: { light: 7, dark: 6 },
  colors: scales,
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  fontFamilyMonospace: "'JetBrains Mono Variable', ui-monospace, monospace",
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.25rem' },
  lineHeights: { xs: '1rem', sm: '1.125rem', md: '1.25rem', lg: '1.5rem', xl: '1.75rem' },
  radius: { xs: '4px', sm: '6px', md: '8px', lg: '12px' },
  defaultRadius: 'sm',
  spacing: { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '24px' },
  shadows: { md: 'var(--hf-shadow)' },
  headings: {
    fontWeight: '600',
    sizes: { h1: { fontSize: '1.25rem', lineHeight: '1.75rem' }, h2: { fontSize: '0.875rem', lineHeight: '1.25rem' } },
  },
  respectReducedMotion: true,
  components: {
    Button: Button.extend({
      defaultProps: { variant: 'default', size: 'md' },
      styles: { root: { fontWeight: 500 } },
      vars: (_theme, props) => ({ root: buttonSize[props.size ?? 'md'] ?? {} }),
    }),
    Input: Input.extend({
      defaultProps: { size: 'md' },
      vars: () => ({ wrapper: { '--input-height': '38px', '--input-fz': '0.875rem' } }),
    }),
    Modal: Modal.extend({ defaultProps: { radius: 'lg', shadow: 'md', centered: true } }),
    Menu: Menu.extend({ defaultProps: { radius: 'md', shadow: 'md', position: 'bottom-end' } }),
  },
})

const buttonSize: Record<string, Record<string, string>> = {
  sm: { '--button-height': '28px', '--button-padding-x': '9px', '--button-fz': '0.8125rem' },
  md: { '--button-height': '34px', '--button-padding-x': '12px', '--button-fz': '0.875rem' },
  lg: { '--button-height': '40px', '--button-padding-x': '16px', '--button-fz': '0.875rem' },
  xl: { '--button-height': '48px', '--button-padding-x': '20px', '--button-fz': '1rem' },
}

export const variables: CSSVariablesResolver = () => ({ variables: { '--hf-row': '40px' }, light, dark })
