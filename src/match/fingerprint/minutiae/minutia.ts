/** A place where a ridge ends or splits. */
export interface Minutia {
  /** Pixels from the left and top of the image at 500 dpi. */
  readonly x: number
  readonly y: number
  /** Into the ridge of an ending, into the valley between the branches of a bifurcation (the two agree when noise turns
   *  one into the other); radians in [0, 2π), x to the right, y down. */
  readonly angleRad: number
  readonly kind: "ending" | "bifurcation"
  /** 0-1: how far the image around it can be trusted. */
  readonly quality: number
}
