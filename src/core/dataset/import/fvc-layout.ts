import type { Layout } from "./layout.js"

/** Devices and resolutions of the fingerprint verification competitions, as published with them (FVC2000, FVC2002 and
 *  FVC2004 web pages, "Databases"). No resolution and an empty model where a database is not listed. */
const databases: Readonly<Record<string, { readonly model: string; readonly dpi: number }>> = {
  "fvc2000-db1": { model: "KeyTronic Secure Desktop Scanner", dpi: 500 },
  "fvc2000-db2": { model: "ST Microelectronics TouchChip", dpi: 500 },
  "fvc2000-db3": { model: "Identicator DF-90", dpi: 500 },
  "fvc2000-db4": { model: "synthetic (SFinGe)", dpi: 500 },
  "fvc2002-db1": { model: "Identix TouchView II", dpi: 500 },
  "fvc2002-db2": { model: "Biometrika FX2000", dpi: 569 },
  "fvc2002-db3": { model: "Precise Biometrics 100 SC", dpi: 500 },
  "fvc2002-db4": { model: "synthetic (SFinGe)", dpi: 500 },
  "fvc2004-db1": { model: "CrossMatch V300", dpi: 500 },
  "fvc2004-db2": { model: "Digital Persona U.are.U 4000", dpi: 500 },
  "fvc2004-db3": { model: "Atmel FingerChip", dpi: 512 },
  "fvc2004-db4": { model: "synthetic (SFinGe)", dpi: 500 },
}

/** `<competition>/DB1_B/101_3.tif`: each database has a scanner and people of its own. Who owns which finger was never
 *  published, so each finger counts as a subject. */
export const fvcLayout: Layout = (path) => {
  const match = /(?:^|\/)(?:([^/]+)\/)?DB(\d)_([AB])\/(\d+)_(\d+)\.\w+$/i.exec(path)
  if (match === null) return undefined
  const [, competition = "fvc", database, set = "", finger = "", impression] = match
  const scanner = `${competition.toLowerCase()}-db${database}`
  const known = databases[scanner]
  return {
    scanner,
    scannerModel: known?.model ?? "",
    subject: `${scanner}-${finger}`,
    finger,
    impression: Number(impression),
    session: "",
    collection: `set-${set.toLowerCase()}`,
    ...(known === undefined ? {} : { dpi: known.dpi }),
  }
}
