import { useExternal } from '#kernel/db'
import type { Database } from '#kernel/db'
import type { EmbeddedOptions } from './start.ts'
import { startEmbedded } from './start.ts'

/** The database that a configuration asks for: the user's own server if there is a URL, else the embedded one in a folder. */
export async function openDatabase(options: EmbeddedOptions & { readonly url?: string | undefined }): Promise<Database> {
  return options.url === undefined || options.url === '' ? await startEmbedded(options) : await useExternal(options.url)
}
