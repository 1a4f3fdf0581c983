import type { DType } from '../../graph/dtype.ts';
import {
  buffer,
  Embedding,
  isBuffer,
  isParameter,
  Linear,
  Module,
  parameter,
  QuantizedEmbedding,
  QuantizedLinear,
} from '../../nn/index.ts';
import { isPersistent } from '../../nn/parameter.ts';
import type { QuantizedWeight } from '../../tensor/quantized.ts';
import type { Tensor } from '../../tensor/tensor.ts';

/** A property of a module that holds a tensor. */
interface Slot {
  module: Module;
  readonly property: string;
}

/** A tensor that a model has under one name or, where weights are tied, several. */
export interface Place {
  /** The first is the name under which it is written. */
  readonly names: readonly string[];
  readonly shape: readonly number[];
  readonly slots: readonly Slot[];
  readonly dtype: DType;
  filled: boolean;
}

const property = (slot: Slot) => slot.module as unknown as Record<string, unknown>;

/**
 * A model that was built on a meta device, which has shapes and no memory: each tensor takes its place when it arrives, so
 * that loading takes little more than the weights.
 */
export class Places {
  readonly #byName = new Map<string, Place>();
  readonly #parents = new Map<Module, (replacement: Module) => void>();
  readonly #all: readonly Place[];

  constructor(model: Module) {
    const places = new Map<Tensor, { names: string[]; slots: Slot[] }>();
    for (const [path, module] of model.namedModules()) {
      this.#remember(module);
      for (const [key, value] of Object.entries(module)) {
        const buffered = isBuffer(value);
        if (!(isParameter(value) || buffered)) continue;
        const name = path === '' ? key : `${path}.${key}`;
        if (buffered && !isPersistent(value)) {
          throw new Error(
            `fromPretrained: ${name} is a buffer that no file has; compute it where it is used, or make it persistent.`,
          );
        }
        const place = places.get(value);
        places.set(value, {
          names: [...(place?.names ?? []), name],
          slots: [...(place?.slots ?? []), { module, property: key }],
        });
      }
    }
    this.#all = [...places].map(([{ shape, dtype }, { names, slots }]) => ({
      names,
      shape,
      dtype,
      slots,
      filled: false,
    }));
    for (const place of this.#all) for (const name of place.names) this.#byName.set(name, place);
  }

  /** How to put another module where each of a module's children is. */
  #remember(module: Module): void {
    for (const [key, value] of Object.entries(module)) {
      if (value instanceof Module) {
        this.#parents.set(value, (replacement) => {
          (module as unknown as Record<string, unknown>)[key] = replacement;
        });
      }
      if (!Array.isArray(value)) continue;
      for (const [i, item] of value.entries()) {
        if (!(item instanceof Module)) continue;
        this.#parents.set(item, (replacement) => {
          value[i] = replacement;
        });
      }
    }
  }

  get(name: string): Place | undefined {
    return this.#byName.get(name);
  }

  get all(): readonly Place[] {
    return this.#all;
  }

  /**
   * Puts a value, which nobody else may hold, in its place.
   * @param quantize keeps it in 8 bits if it is the weight of linear layers or embeddings
   */
  fill(place: Place, value: Tensor, quantize: boolean): void {
    const [first] = place.slots as [Slot];
    const old = property(first)[first.property] as Tensor;
    const made = isBuffer(old) ? buffer(value).realize() : parameter(value);
    for (const slot of place.slots) property(slot)[slot.property] = made;
    place.filled = true;
    old.dispose();
    if (quantize) this.#quantize(place, made);
  }

  #quantize(place: Place, weight: Tensor): void {
    const layers = place.slots.filter(
      ({ module, property: key }) =>
        key === 'weight' && (module instanceof Linear || module instanceof Embedding),
    );
    if (layers.length === 0 || layers.length < place.slots.length) return;
    let shared: QuantizedWeight | undefined;
    for (const { module } of layers) {
      const made: QuantizedLinear | QuantizedEmbedding =
        module instanceof Linear
          ? new QuantizedLinear(module, shared)
          : new QuantizedEmbedding(module as Embedding, shared);
      shared = made;
      this.#parents.get(module)?.(made);
      // The bias may come later.
      for (const other of this.#all) {
        for (const slot of other.slots) if (slot.module === module) slot.module = made;
      }
    }
    weight.dispose();
  }
}
