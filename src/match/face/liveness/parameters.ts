/** What face liveness was set to, on odd people of the ORL faces (still pictures: turned heads are real, everything
 *  else is simulated from them, as the attacks are); `npm run prove -- face-sign-in` reports it on even people. Lengths
 *  are in distances between the eyes. */
export const livenessParameters = {
  /** Frames looked at; more are malformed. */
  maxFrames: 24,
  /** Larger pictures are refused before they are decoded. */
  maxFramePixels: 1_400_000,
  /** Nose tip off the middle of the eyes by at most this, and as near to the look ahead: the head is straight. */
  neutralYaw: 0.085,
  /** Nose tip moved by at least this from the look ahead: the head is turned (some 10 degrees). Of odd people's
   *  pictures no straight one lies beyond 0.05 and no turned one short of 0.095. */
  turnYaw: 0.1,
  /** Least of `headTurn`: half way between what 1 of 100 photographs reaches and what 5 of 100 living turns fall short
   *  of, each person judged by weights that were fitted without them (`npm run bench -- head-turn`). */
  headTurn: 0.39,
  /** Eyes farther apart in the picture by this factor: moved closer. */
  closer: 1.2,
  /** Straight looks have eyes as far apart as the first one, by this factor at most. */
  steady: 1.15,
  /** The eyes' darkness (see `eye-darkness.ts`) falls by at least this: closed. Set on simulated lids; of
   *  real blinks, some make it rise (the lashes of a shut eye are darker than a narrow open one). */
  blinkDrop: 0.15,
  /** Frames with a lower face quality (0 to 100) do not count. */
  minQuality: 25,
} as const
