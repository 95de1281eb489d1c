/** What had the focus is gone or switched off, and nothing else took it. */
export const isNowhere = (): boolean => document.activeElement === null || document.activeElement === document.body
