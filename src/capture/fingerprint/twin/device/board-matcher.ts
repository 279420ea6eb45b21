/** The matcher on the twin's board. A real module has its maker's own; any sound one may stand in. */
export interface BoardMatcher {
  /** A template of at most 512 bytes (the features of one impression) from one level (0-15) a pixel; undefined when
   *  there is too little ridge. */
  extract(levels: Uint8Array, width: number, height: number): Uint8Array | undefined
  /** Similarity, a whole number 0-65535; `>= threshold(level)` accepts. */
  compare(a: Uint8Array, b: Uint8Array): number
  /** For security level 1 (lowest FNMR) to 5 (lowest FMR). */
  threshold(securityLevel: number): number
  /** Two touches that are to become one template; no security level counts (R307 manual, "security level"). */
  readonly combiningThreshold: number
}
