import { workerData } from "node:worker_threads"
import { answerCalls } from "../answer-calls.js"
import { openFileDatabase } from "./file-database.js"
import { SqlFileStore } from "./sql-file-store.js"

await answerCalls(async () => {
  const store = new SqlFileStore(await openFileDatabase(workerData as string))
  return { opened: undefined, part: () => store }
})
