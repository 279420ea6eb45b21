/** A capture that was kept for a study, because the operator opted in. */
export interface KeptImage {
  readonly id: string
  readonly accountId: string
  readonly deviceId: string
  readonly scannerId: string
  /** "passed", or the check that refused it. */
  readonly outcome: string
  /** When it was judged, ms since 1970. */
  readonly atMs: number
  /** The file as the scanner's driver wrote it, label `study/<id>`. */
  readonly sealed: Uint8Array
}

/** Images of a study, beside the accounts in the same database; they go with their account. */
export interface StudyStore {
  /** Nothing is kept for an account that is gone. */
  keep(image: KeptImage): Promise<void>
  /** In the order of ids, those after `id`. */
  after(id: string, limit: number): Promise<KeptImage[]>
  /** All of an account, or of everybody. @returns how many there were */
  delete(accountId?: string): Promise<number>
  /** For rotation: replaces the value if it is still the one that was read. */
  replaceSealed(id: string, before: Uint8Array, after: Uint8Array): Promise<boolean>
}

const PAGE = 50

/** Every kept image, a page of them in memory at a time. */
export async function* keptImages(study: StudyStore): AsyncGenerator<KeptImage> {
  for (let last = ""; ; ) {
    const page = await study.after(last, PAGE)
    const end = page.at(-1)
    if (end === undefined) return
    yield* page
    last = end.id
  }
}
