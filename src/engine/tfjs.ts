/** tfjs, in Node: an import would have Node read its megabytes for the names in them first, a second of every process.
 *  In a browser `browser-tfjs.ts` takes the place of this file (`#tfjs` in package.json). */
import tf = require("@tensorflow/tfjs")

export { tf }
