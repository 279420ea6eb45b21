import type { Layout } from "./layout.js"

/** The replaced system's folders: `Sensor3/Sensor3fingerprint12.bmp` or `Sensor3/Image12.bmp` (collection "main", no
 *  person is known, so only `unsafe-by-image` can split it) and the trial set `Sensor3<Contributor>1.bmp` (collection
 *  "trial": scanner, contributor, number). */
export const systemALayout: Layout = (path) => {
  const name = path.slice(path.lastIndexOf("/") + 1)
  const none = { scannerModel: "R307", subject: "", finger: "", session: "" }
  const main = /^Sensor(\d+)fingerprint(\d+)\.\w+$/i.exec(name)
  if (main !== null) {
    return { ...none, scanner: `sensor${main[1]}`, impression: Number(main[2]), collection: "main" }
  }
  const captured = /(?:^|\/)Sensor(\d+)\/Image(\d+)\.\w+$/i.exec(path)
  if (captured !== null) {
    return { ...none, scanner: `sensor${captured[1]}`, impression: Number(captured[2]), collection: "main" }
  }
  const trial = /^Sensor(\d+)([a-z]+)(\d+)\.\w+$/i.exec(name)
  if (trial !== null) {
    return {
      ...none,
      scanner: `sensor${trial[1]}`,
      subject: trial[2]?.toLowerCase() ?? "",
      finger: "1",
      impression: Number(trial[3]),
      collection: "trial",
    }
  }
  return undefined
}
