const SHORTEST = 4 // a shorter secret would blank half of every text, and is none

/** Replaces each of the secrets, as it is and as a URL would carry it, wherever it stands in a text. */
export function redactor(secrets: readonly string[]): (text: string) => string {
  const forms = secrets
    .filter((secret) => secret.length >= SHORTEST)
    .flatMap((secret) => [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')])
    .sort((a, b) => b.length - a.length)
  return (text) => forms.reduce((left, form) => left.replaceAll(form, '[redacted]'), text)
}
