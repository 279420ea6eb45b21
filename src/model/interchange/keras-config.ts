import type { Network } from "./network.js"

/** A network's topology as Keras and tfjs both read it (Keras's form before version 3).
 *  @param className Keras says Functional, tfjs Model */
export function kerasConfig(network: Network, className: "Functional" | "Model"): Record<string, unknown> {
  const [input] = network.layers
  return {
    class_name: className,
    config: {
      name: network.name,
      layers: network.layers.map(({ name, kind, config, inputs }) => ({
        class_name: kind,
        name,
        config: { name, ...config },
        inbound_nodes: inputs.length === 0 ? [] : [inputs.map((from) => [from, 0, 0, {}])],
      })),
      input_layers: [[input?.name, 0, 0]],
      output_layers: [[network.output, 0, 0]],
    },
  }
}
