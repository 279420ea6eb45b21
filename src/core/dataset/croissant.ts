import { MANIFEST_NAME } from "./manifest.js"
import { manifestColumns, optionalColumns, type Sample } from "./sample.js"

/** The context that the format prescribes (Croissant 1.0, appendix 1). */
const CONTEXT = {
  "@language": "en",
  "@vocab": "https://schema.org/",
  citeAs: "cr:citeAs",
  column: "cr:column",
  conformsTo: "dct:conformsTo",
  cr: "http://mlcommons.org/croissant/",
  data: { "@id": "cr:data", "@type": "@json" },
  dataType: { "@id": "cr:dataType", "@type": "@vocab" },
  dct: "http://purl.org/dc/terms/",
  equivalentProperty: "cr:equivalentProperty",
  examples: { "@id": "cr:examples", "@type": "@json" },
  extract: "cr:extract",
  field: "cr:field",
  fileObject: "cr:fileObject",
  fileProperty: "cr:fileProperty",
  fileSet: "cr:fileSet",
  format: "cr:format",
  includes: "cr:includes",
  isLiveDataset: "cr:isLiveDataset",
  jsonPath: "cr:jsonPath",
  key: "cr:key",
  md5: "cr:md5",
  parentField: "cr:parentField",
  path: "cr:path",
  rai: "http://mlcommons.org/croissant/RAI/",
  recordSet: "cr:recordSet",
  references: "cr:references",
  regex: "cr:regex",
  repeated: "cr:repeated",
  replace: "cr:replace",
  samplingRate: "cr:samplingRate",
  sc: "https://schema.org/",
  separator: "cr:separator",
  source: "cr:source",
  subField: "cr:subField",
  transform: "cr:transform",
}

const meanings: Readonly<Record<keyof Sample, string>> = {
  path: "from the dataset's folder to the image",
  sha256: "of the file's bytes",
  scanner: "the unit that took the image",
  scannerModel: "model of that unit",
  subject: "the person",
  finger: "which finger of the person",
  impression: "number of the impression within person, finger, scanner and session",
  session: "occasion on which the image was taken",
  widthPx: "width in pixels",
  heightPx: "height in pixels",
  dpi: "resolution in dots per inch, or unknown",
  bitDepth: "bits a sample that carry information",
  collection: "part of the dataset with a purpose of its own",
  presentation: "bona-fide or attack (ISO/IEC 30107-3)",
  species: "of an attack: the artefact's material",
}
const WHOLE = new Set<keyof Sample>(["impression", "widthPx", "heightPx", "bitDepth"])

export interface CroissantFacts {
  readonly name: string
  /** Where people read about it, and its licence: what nobody states is left out. */
  readonly url?: string
  readonly license?: string
  /** The dataset's version; left out where the manifest is none that was kept. */
  readonly version?: number | undefined
  /** ISO 8601. */
  readonly date: string
  /** Of manifest.csv. */
  readonly sha256: string
}

/** Metadata of a dataset in the Croissant format 1.0 (MLCommons), JSON-LD: its manifest as a record set with the
 *  meaning of every column. The images are named by the manifest's paths and are not part of the description. */
export function croissant(samples: readonly Sample[], facts: CroissantFacts): object {
  const { name, url, license, version, date, sha256 } = facts
  const columns = [
    ...manifestColumns,
    ...optionalColumns.filter((column) => samples.some((sample) => sample[column] !== undefined)),
  ]
  const scanners = new Set(samples.map(({ scanner }) => scanner)).size
  const people = new Set(samples.map(({ subject }) => subject)).size
  return {
    "@context": CONTEXT,
    "@type": "sc:Dataset",
    conformsTo: "http://mlcommons.org/croissant/1.0",
    name,
    description: `${samples.length} fingerprint images of ${people} people by ${scanners} scanners`,
    datePublished: date,
    ...(version === undefined ? {} : { version: `${version}.0.0` }),
    ...(url === undefined ? {} : { url }),
    ...(license === undefined ? {} : { license }),
    distribution: [
      {
        "@type": "cr:FileObject",
        "@id": MANIFEST_NAME,
        name: MANIFEST_NAME,
        contentUrl: MANIFEST_NAME,
        encodingFormat: "text/csv",
        sha256,
      },
    ],
    recordSet: [
      {
        "@type": "cr:RecordSet",
        "@id": "images",
        name: "images",
        key: { "@id": "images/path" },
        field: columns.map((column) => ({
          "@type": "cr:Field",
          "@id": `images/${column}`,
          name: column,
          description: meanings[column],
          dataType: WHOLE.has(column) ? "sc:Integer" : "sc:Text",
          source: { fileObject: { "@id": MANIFEST_NAME }, extract: { column } },
        })),
      },
    ],
  }
}
