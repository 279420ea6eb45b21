/** What face liveness was set to, on odd people of the ORL faces (still pictures: turned heads are real, everything else is
 *  simulated from them, as the attacks are); `npm run prove -- face-sign-in` reports it on even people. Lengths are in
 *  distances between the eyes. */
export const livenessParameters = {
  /** Frames looked at; more are malformed. */
  maxFrames: 24,
  /** Larger pictures are refused before they are decoded. */
  maxFramePixels: 1_400_000,
  /** Nose tip off the middle of the eyes by at most this, and as near to the first look ahead: the head is straight. */
  neutralYaw: 0.09,
  /** Nose tip moved by at least this from the first look ahead: the head is turned (some 12 degrees). */
  turnYaw: 0.12,
  /** By how much the nose has to stand out of the rest of the face, as the turn shows it: nose tip against the surface
   *  through jaw, brows and eyes, and nose tip against the bridge of the nose. */
  relief: { tip: 0.1, tipOverBridge: 0.065 },
  /** By how much the turn has to look like a head's, see `head-depth.ts`: of 184 turns of odd people 172 reach it and the
   *  relief, of 1120 simulated tilted, bent and folded photographs of them 1. */
  headDepth: 0.24,
  /** Eyes farther apart in the picture by this factor: moved closer. */
  closer: 1.2,
  /** Straight looks have eyes as far apart as the first one, by this factor at most. */
  steady: 1.15,
  /** The eyes' darkness (see `eye-darkness.ts`) falls by at least this: closed. Real blinks were not at hand. */
  blinkDrop: 0.15,
  /** Frames with a lower face quality (0 to 100) do not count. */
  minQuality: 25,
} as const
