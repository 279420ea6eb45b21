const sides = ["right", "left"]
const fingers = ["index", "middle", "ring", "little", "thumb"]

/** The ten fingers, each with the id that templates are kept under. */
export const fingerChoices = sides.flatMap((side) =>
  fingers.map((finger) => ({
    value: `${side}-${finger}`,
    label: `${side === "right" ? "Right" : "Left"} ${finger}${finger === "thumb" ? "" : " finger"}`,
  })),
)
