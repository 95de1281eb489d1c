/** The mark: an H held by a link. */
export const Mark = ({ size = 22 }: { readonly size?: number }) => (
  <svg width={size} height={size} viewBox="0 0 24 24" fill="none" strokeWidth="2.3" aria-hidden="true">
    <path d="M10.2 8.6V5.4a2.9 2.9 0 0 0-5.8 0v13.2a2.9 2.9 0 0 0 5.8 0v-3.2" stroke="var(--hf-text)" />
    <path d="M13.8 8.6V5.4a2.9 2.9 0 0 1 5.8 0v13.2a2.9 2.9 0 0 1-5.8 0v-3.2" stroke="var(--hf-text)" />
    <rect x="6.4" y="9.3" width="11.2" height="5.4" rx="2.7" stroke="var(--hf-accent-text)" />
  </svg>
)
