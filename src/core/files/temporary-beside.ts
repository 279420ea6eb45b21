import { randomBytes } from "node:crypto"
import { dirname, join } from "node:path"

/** A path beside `path` that nobody else uses, on this machine or another: a file is written there and renamed. */
export const temporaryBeside = (path: string): string => join(dirname(path), `.${randomBytes(6).toString("hex")}.tmp`)
