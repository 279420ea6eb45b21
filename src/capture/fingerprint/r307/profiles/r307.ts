import { opticalModule, type R307Profile } from "../profile.js"

/** Source: R307 fingerprint module user manual v1.20 (Hangzhou Grow). Stands for every module that nobody named. */
export const r307: R307Profile = {
  ...opticalModule,
  id: "r307",
  model: "R307",
  librarySize: 1000,
  has: ["highSpeedSearch", "readConList"],
  anySize: true,
}
