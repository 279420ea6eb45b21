import { opticalModule, type R307Profile } from "../profile.js"

/** Source: ZFM-20 series user manual v2.0 (Zhiantec, 2010) as Intel's upm and pyfingerprint carry it out: no high-speed
 *  search; upm counts 163 templates. */
export const zfm20: R307Profile = {
  ...opticalModule,
  id: "zfm-20",
  model: "ZFM-20",
  librarySize: 163,
  has: ["readConList"],
}
