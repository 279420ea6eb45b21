/** How the 16 levels of a 4-bit sensor become 256: ×17 maps 15 to 255, ×16 (as some drivers do) to 240. Two expansions
 *  look like two scanners, so the choice is recorded with every image. */
export const expansions = ["x17", "x16"] as const
export type Expansion = (typeof expansions)[number]
