/** `loan_…7q4m`: enough of an id to recognise it. */
export const shortId = (id: string): string => {
  const cut = id.indexOf('_')
  const prefix = cut > 0 && cut < 12 ? id.slice(0, cut + 1) : ''
  return id.length - prefix.length <= 8 ? id : `${prefix}…${id.slice(-4)}`
}

/** Each id within the name of an account or a key shortened: `wallet:person_…xc2e`. */
export const shortWithin = (name: string): string => name.replaceAll(/[a-z]+_[0-9a-z]{20,}/g, shortId)

/** `late_charge` as a sentence begins: `Late charge`. */
export const sentence = (text: string): string => words(text.charAt(0).toUpperCase() + text.slice(1))
const words = (text: string) => text.replaceAll('_', ' ').replace(/\bgst\b/, 'GST')

/** An account's id in words: `loan:loan_…7q4m:principal` is `Loan …7q4m / principal`, `income:late_charge` is `Income / late charge`. */
export const accountWord = (id: string): string => {
  const [kind = id, middle, part] = id.split(':')
  if (kind === 'loan' && middle && part) return `Loan ${shortId(middle).replace('loan_', '')} / ${words(part)}`
  if (kind === 'wallet' && middle) return `Wallet of ${shortId(middle)}`
  if (middle) return `${sentence(kind)} / ${words(middle)}`
  return sentence(id)
}

/** Whose wallet an account is. */
export const walletOwner = (id: string): string | undefined => /^wallet:(person_[^:]+)$/.exec(id)?.[1]

/** `+91 98200 00001`: a phone as it is read out; one of another country stands as it is. */
export const phoneText = (phone: string): string => phone.replace(/^\+91(\d{5})(\d{5})$/, '+91 $1 $2')
