import { PbfWriter } from "pbf"

/** The part of the ONNX format that networks need, as protocol buffers. Source: onnx.proto (IR version 8). */
export interface OnnxNode {
  readonly op: string
  readonly inputs: readonly string[]
  readonly output: string
  readonly attributes?: Readonly<Record<string, number | string | readonly number[]>>
}

export interface OnnxTensor {
  readonly name: string
  readonly dims: readonly number[]
  readonly values: Float32Array
}

/** A named tensor of float32; a string stands for a size that is free. */
export interface OnnxValue {
  readonly name: string
  readonly shape: readonly (number | string)[]
}

export interface OnnxModel {
  readonly name: string
  readonly nodes: readonly OnnxNode[]
  readonly weights: readonly OnnxTensor[]
  readonly input: OnnxValue
  readonly output: OnnxValue
}

const IR_VERSION = 8
const OPSET = 15
const FLOAT = 1
/** Attributes whose number is a float; all others are whole. */
const FLOAT_ATTRIBUTES = new Set(["epsilon", "alpha", "beta"])
const Kind = { float: 1, int: 2, string: 3, ints: 7 } as const

export function encodeOnnx(model: OnnxModel): Uint8Array {
  const pbf = new PbfWriter()
  pbf.writeVarintField(1, IR_VERSION)
  pbf.writeStringField(2, "sourceprint")
  pbf.writeMessage(7, writeGraph, model)
  pbf.writeMessage(8, (version, out) => out.writeVarintField(2, version), OPSET)
  return pbf.finish()
}

function writeGraph({ nodes, name, weights, input, output }: OnnxModel, pbf: PbfWriter): void {
  for (const node of nodes) pbf.writeMessage(1, writeNode, node)
  pbf.writeStringField(2, name)
  for (const tensor of weights) pbf.writeMessage(5, writeTensor, tensor)
  pbf.writeMessage(11, writeValue, input)
  pbf.writeMessage(12, writeValue, output)
}

function writeNode({ op, inputs, output, attributes = {} }: OnnxNode, pbf: PbfWriter): void {
  for (const name of inputs) pbf.writeStringField(1, name)
  pbf.writeStringField(2, output)
  pbf.writeStringField(3, output)
  pbf.writeStringField(4, op)
  for (const attribute of Object.entries(attributes)) pbf.writeMessage(5, writeAttribute, attribute)
}

function writeAttribute([name, value]: [string, number | string | readonly number[]], pbf: PbfWriter): void {
  pbf.writeStringField(1, name)
  if (typeof value === "string") {
    pbf.writeStringField(4, value)
    pbf.writeVarintField(20, Kind.string)
  } else if (typeof value !== "number") {
    for (const one of value) pbf.writeVarintField(8, one)
    pbf.writeVarintField(20, Kind.ints)
  } else if (FLOAT_ATTRIBUTES.has(name)) {
    pbf.writeFloatField(2, value)
    pbf.writeVarintField(20, Kind.float)
  } else {
    pbf.writeVarintField(3, value)
    pbf.writeVarintField(20, Kind.int)
  }
}

function writeTensor({ name, dims, values }: OnnxTensor, pbf: PbfWriter): void {
  for (const dim of dims) pbf.writeVarintField(1, dim)
  pbf.writeVarintField(2, FLOAT)
  pbf.writeStringField(8, name)
  pbf.writeBytesField(9, new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
}

function writeValue({ name, shape }: OnnxValue, pbf: PbfWriter): void {
  const dims = (_: unknown, out: PbfWriter): void => {
    for (const size of shape) {
      out.writeMessage(
        1,
        (__, dim) => (typeof size === "number" ? dim.writeVarintField(1, size) : dim.writeStringField(2, size)),
        undefined,
      )
    }
  }
  const tensor = (_: unknown, out: PbfWriter): void => {
    out.writeVarintField(1, FLOAT)
    out.writeMessage(2, dims, undefined)
  }
  pbf.writeStringField(1, name)
  pbf.writeMessage(2, (_, out) => out.writeMessage(1, tensor, undefined), undefined)
}
