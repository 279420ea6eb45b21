/** Which point of 300-W each point becomes when the picture is mirrored: pairs that change places, the rest stay. */
const pairs: readonly (readonly [number, number])[] = [
  ...Array.from({ length: 8 }, (_, i) => [i, 16 - i] as const), // jaw
  ...Array.from({ length: 5 }, (_, i) => [17 + i, 26 - i] as const), // brows
  ...[31, 32].map((i) => [i, 66 - i] as const), // nostrils
  ...[36, 37, 38, 39].map((i) => [i, 81 - i] as const), // eyes, upper lids and corners
  ...[40, 41].map((i) => [i, 87 - i] as const), // lower lids
  ...[48, 49, 50].map((i) => [i, 102 - i] as const), // lips, above
  ...[58, 59].map((i) => [i, 114 - i] as const), // and below
  ...[60, 61].map((i) => [i, 124 - i] as const),
  [67, 65],
]

/** `mirroredIndex[i]`: the point that stands at i's place in the mirrored picture. */
export const mirroredIndex: readonly number[] = (() => {
  const index = Array.from({ length: 68 }, (_, i) => i)
  for (const [a, b] of pairs) {
    index[a] = b
    index[b] = a
  }
  return index
})()
