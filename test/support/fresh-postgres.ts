import { randomBytes } from "node:crypto"
import pg from "pg"

/** The address of a new, empty database in the cluster at `url`. */
export async function freshDatabase(url: string): Promise<string> {
  const name = `t${randomBytes(6).toString("hex")}`
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(`create database ${name}`)
  await client.end()
  return url.replace("/postgres?", `/${name}?`)
}
