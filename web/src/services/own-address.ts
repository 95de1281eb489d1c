/** An address of this console, for after the sign-in: `//elsewhere` and `/\elsewhere` would be another site. */
export const ownAddress = (address: string | undefined): string => (address !== undefined && /^\/(?![/\\])/.test(address) ? address : '/')
