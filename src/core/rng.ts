/** Seeded random numbers: the same seed gives the same stream on every machine. xoshiro128** by Blackman and Vigna
 *  (2018), its state filled by splitmix32. Not for secrets: those come from Web Crypto. */
export type RngState = readonly [number, number, number, number]

const rotl = (x: number, k: number): number => ((x << k) | (x >>> (32 - k))) >>> 0

/** FNV-1a over UTF-16 units; turns a label into a seed. */
export const seedOf = (label: string): number => {
  let hash = 0x811c9dc5
  for (let i = 0; i < label.length; i++) hash = Math.imul(hash ^ label.charCodeAt(i), 0x01000193) >>> 0
  return hash
}

/** Seeded random numbers: the same seed gives the same sequence on every machine. Not for secrets. */
export class Rng {
  private a: number
  private b: number
  private c: number
  private d: number
  private readonly origin: string

  constructor(seed: number | string, state?: RngState) {
    this.origin = String(seed)
    let z = typeof seed === "number" ? seed >>> 0 : seedOf(seed)
    const next = (): number => {
      z = (z + 0x9e3779b9) >>> 0
      let t = z ^ (z >>> 16)
      t = Math.imul(t, 0x21f0aaad)
      t = t ^ (t >>> 15)
      t = Math.imul(t, 0x735a2d97)
      return (t ^ (t >>> 15)) >>> 0
    }
    ;[this.a, this.b, this.c, this.d] = state ?? [next(), next(), next(), next()]
  }

  /** The whole state; `new Rng(seed, state)` continues from here. */
  get state(): RngState {
    return [this.a, this.b, this.c, this.d]
  }

  /** An independent stream named by `label`: adding one stream never shifts another. */
  fork(label: string): Rng {
    return new Rng(`${this.origin}/${label}`)
  }

  /** Uniform integer in [0, 2^32). */
  u32(): number {
    const result = Math.imul(rotl(Math.imul(this.b, 5) >>> 0, 7), 9) >>> 0
    const t = (this.b << 9) >>> 0
    this.c = (this.c ^ this.a) >>> 0
    this.d = (this.d ^ this.b) >>> 0
    this.b = (this.b ^ this.c) >>> 0
    this.a = (this.a ^ this.d) >>> 0
    this.c = (this.c ^ t) >>> 0
    this.d = rotl(this.d, 11)
    return result
  }

  /** Uniform in [0, 1) with 53 bits. */
  float(): number {
    return ((this.u32() >>> 5) * 67108864 + (this.u32() >>> 6)) / 9007199254740992
  }

  /** Uniform in [low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * this.float()
  }

  /** Uniform integer in [0, bound). */
  below(bound: number): number {
    if (!(bound >= 1)) throw new RangeError("bound must be at least 1")
    return Math.floor(this.float() * bound)
  }

  /** Standard normal (Box-Muller, one value a call so that the state stays four words). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.float()))
    return radius * Math.cos(2 * Math.PI * this.float())
  }

  /** One item, each equally likely. @param items at least one */
  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T
  }

  /** A shuffled copy (Fisher-Yates). */
  shuffled<T>(items: readonly T[]): T[] {
    const copy = [...items]
    for (let i = copy.length - 1; i > 0; i--) {
      const j = this.below(i + 1)
      ;[copy[i], copy[j]] = [copy[j] as T, copy[i] as T]
    }
    return copy
  }
}
