import { createRequire } from 'node:module';

// Both packages are CommonJS.
const require = createRequire(import.meta.url);
export const ort = require('onnxruntime-node');
const { onnx } = require('onnx-proto');

const { version } = require('onnxruntime-node/package.json');

export const describe = ({ threads }) => `onnxruntime-node ${version}, ${threads} threads`;

const types = { float32: 1, int64: 7 };

const attributeOf = (name, value) => {
  if (Array.isArray(value)) return { name, type: 7, ints: value };
  return Number.isInteger(value) ? { name, type: 2, i: value } : { name, type: 1, f: value };
};

const valueInfo = ({ name, type = 'float32', shape }) => ({
  name,
  type: {
    tensorType: {
      elemType: types[type],
      shape: {
        dim: shape.map((size) => (typeof size === 'string' ? { dimParam: size } : { dimValue: size })),
      },
    },
  },
});

/** Writes an ONNX graph, node by node. */
export class GraphBuilder {
  #nodes = [];
  #constants = [];

  /** Adds a node and returns the names of its results, or the one name of its only result. */
  add(operator, inputs, attributes = {}, results = 1) {
    const output = Array.from({ length: results }, (_, i) => `v${this.#nodes.length}_${i}`);
    const attribute = Object.entries(attributes).map(([name, value]) => attributeOf(name, value));
    this.#nodes.push({ opType: operator, name: output[0], input: inputs, output, attribute });
    return results === 1 ? output[0] : output;
  }

  /** Adds a constant and returns its name. */
  constant(name, shape, data, type = 'float32') {
    const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    this.#constants.push({ name, dims: shape, dataType: types[type], rawData });
    return name;
  }

  /** Adds a list of integers as a constant. */
  integers(name, values) {
    return this.constant(name, [values.length], BigInt64Array.from(values, BigInt), 'int64');
  }

  /** A session that computes the graph; inputs and outputs are { name, type, shape }. */
  session(inputs, outputs, { threads }) {
    const model = onnx.ModelProto.create({
      irVersion: 8,
      opsetImport: [{ domain: '', version: 17 }],
      graph: {
        name: 'bench',
        node: this.#nodes,
        initializer: this.#constants,
        input: inputs.map(valueInfo),
        output: outputs.map(valueInfo),
      },
    });
    return ort.InferenceSession.create(onnx.ModelProto.encode(model).finish(), {
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionProviders: ['cpu'],
    });
  }
}
