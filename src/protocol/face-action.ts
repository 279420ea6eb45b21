/** What a person is asked to do before the camera, by its code. Left and right are the person's own. */
export const FaceAction = { turnLeft: 1, turnRight: 2, blink: 3, moveCloser: 4 } as const
export type FaceAction = (typeof FaceAction)[keyof typeof FaceAction]
export type FaceActionName = keyof typeof FaceAction

const names: Readonly<Record<FaceAction, FaceActionName>> = {
  1: "turnLeft",
  2: "turnRight",
  3: "blink",
  4: "moveCloser",
}
export const faceActionOf = (code: FaceAction): FaceActionName => names[code]
