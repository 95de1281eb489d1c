import { type Connection, type Pool, sql } from '#kernel/db'

const rollback = sql`rollback`

/** Lends a session for one transaction; what is thrown rolls it back. */
export async function connected<T>(pool: Pool, work: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await pool.acquire()
  try {
    return await work(connection)
  } catch (error) {
    if (connection.usable) await connection.query(rollback).catch(() => undefined)
    throw error
  } finally {
    pool.release(connection)
  }
}
