/** True on a terminal whose user did not ask for plain text (no-color.org). */
export const usesColour = (stream: NodeJS.WriteStream): boolean =>
  stream.isTTY === true && (process.env.NO_COLOR ?? "") === "" && process.env.TERM !== "dumb"
