import type { MantineColorsTuple } from '@mantine/core'

// The ten-step scales: one neutral of hue 262, one accent, four tones of state. Every other colour of the console is in `light` and `dark` below.
const scale = (hexes: string): MantineColorsTuple => hexes.split(' ').map((hex) => `#${hex}`) as unknown as MantineColorsTuple

export const scales = {
  gray: scale('ffffff f9fafb f3f4f6 ebedef e1e3e7 cccfd5 9a9fa6 6b707a 4a505a 1a1e26'),
  dark: scale('e8e9ed c1c4c9 9fa3ab 7c8089 434851 2d3239 22262d 181b21 12151a 0c0e13'),
  blue: scale('f2f7ff dfecff c2dbff 98c0fb 6a9fee 417fd9 2a6ac7 1f5baf 19498e 153768'),
  green: scale('eefaf3 d7f3e2 b3e8c8 84d2a5 58b483 369565 2a7f55 226d49 1d593b 16412b'),
  yellow: scale('fff5e9 ffe7c7 ffd097 efb05c d38e22 ae7102 966000 805202 684305 4d3106'),
  red: scale('fff4f2 ffe4e0 ffcac5 faa39c ed756e d94543 c12d30 a72629 862223 621d1c'),
  violet: scale('f8f5ff eee7fd dfd1fb c7b0f2 ab8be3 8f68cb 7c53b8 6b45a2 573982 402b5f'),
}

// name: light / dark
const pairs: Record<string, readonly [string, string]> = {
  canvas: ['ffffff', '181b21'],
  rail: ['f9fafb', '12151a'],
  sunken: ['f3f4f6', '12151a'],
  hover: ['f3f4f6', '22262d'],
  raised: ['ffffff', '22262d'],
  border: ['e1e3e7', '2d3239'],
  'border-strong': ['cccfd5', '434851'],
  'row-selected': ['f2f7ff', '1c2738'],
  text: ['1a1e26', 'e8e9ed'],
  'text-2': ['4a505a', 'c1c4c9'],
  'text-3': ['6b707a', '9fa3ab'],
  faint: ['9a9fa6', '7c8089'],
  accent: ['1f5baf', '3673cb'],
  'accent-hover': ['19498e', '2a6ac7'],
  'on-accent': ['ffffff', 'ffffff'],
  'accent-text': ['1f5baf', '95bdf8'],
  'accent-soft': ['f2f7ff', '1c2b40'],
  'accent-line': ['c2dbff', '2d4870'],
  'rail-here': ['ebedef', '22262d'],
  ok: ['2a7f55', '61c28e'],
  'ok-text': ['1d593b', '8edbaf'],
  'ok-soft': ['eefaf3', '1c2d23'],
  'ok-line': ['b3e8c8', '2a4b38'],
  attention: ['966000', 'eeb154'],
  'attention-text': ['684305', 'f5c984'],
  'attention-soft': ['fff5e9', '362917'],
  'attention-line': ['ffd097', '5b4320'],
  bad: ['c12d30', 'ef736c'],
  'bad-text': ['a72629', 'fda19e'],
  'bad-soft': ['fff4f2', '341f1d'],
  'bad-line': ['ffcac5', '773733'],
  judge: ['7c53b8', 'b699eb'],
  'judge-text': ['573982', 'cfbbf7'],
  'judge-soft': ['f8f5ff', '2e273c'],
  'judge-line': ['dfd1fb', '50416b'],
  c1: ['2761b4', '5589d7'],
  c2: ['c7863e', 'e2b16b'],
  c3: ['209993', '23928d'],
  c4: ['8b376b', 'ef91c7'],
  c5: ['91c5ea', 'abd4f2'],
  'dpd-current': ['c5d2e5', '3c4e68'],
  'dpd-sma0': ['e8b458', 'eec469'],
  'dpd-sma1': ['db8021', 'eb933b'],
  'dpd-sma2': ['bf461b', 'de602f'],
  'dpd-npa': ['811d1f', 'c53133'],
}

const shadow = {
  light: '0 1px 2px rgb(16 20 30 / 0.06), 0 10px 30px rgb(16 20 30 / 0.13)',
  dark: '0 0 0 1px rgb(0 0 0 / 0.4), 0 12px 36px rgb(0 0 0 / 0.55)',
}

// Mantine's own parts follow the same names, so that no component needs a colour of its own.
const mantine = {
  '--mantine-color-body': 'var(--hf-canvas)',
  '--mantine-color-text': 'var(--hf-text)',
  '--mantine-color-dimmed': 'var(--hf-text-3)',
  '--mantine-color-placeholder': 'var(--hf-text-3)',
  '--mantine-color-anchor': 'var(--hf-accent-text)',
  '--mantine-color-default': 'var(--hf-canvas)',
  '--mantine-color-default-hover': 'var(--hf-hover)',
  '--mantine-color-default-color': 'var(--hf-text)',
  '--mantine-color-default-border': 'var(--hf-border-strong)',
  '--mantine-color-error': 'var(--hf-bad-text)',
  '--mantine-primary-color-filled': 'var(--hf-accent)',
  '--mantine-primary-color-filled-hover': 'var(--hf-accent-hover)',
  '--mantine-color-blue-filled': 'var(--hf-accent)',
  '--mantine-color-blue-filled-hover': 'var(--hf-accent-hover)',
}

const themeOf = (side: 0 | 1, scheme: 'light' | 'dark') => ({
  ...Object.fromEntries(Object.entries(pairs).map(([name, pair]) => [`--hf-${name}`, `#${pair[side]}`])),
  '--hf-shadow': shadow[scheme],
  ...mantine,
})

export const light = themeOf(0, 'light')
export const dark = themeOf(1, 'dark')
