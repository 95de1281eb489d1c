import type { Database, EmbeddedOptions } from './embedded.ts'
import { startEmbedded } from './embedded.ts'
import { useExternal } from './external.ts'

/** The database that a configuration asks for: the user's own server if there is a URL, else the embedded one in a folder. */
export async function openDatabase(options: EmbeddedOptions & { readonly url?: string | undefined }): Promise<Database> {
  return options.url === undefined || options.url === '' ? await startEmbedded(options) : await useExternal(options.url)
}
