/** A model that comes with the package, as it lies in its folder. */
export interface ZooFiles {
  readonly config: unknown;
  readonly weights: Uint8Array;
  /** Another file of the model, `tokenizer.json`. */
  json(name: string): Promise<unknown>;
}

async function fetched(model: string, file: string): Promise<Response> {
  const response = await fetch(`/zoo/${model}/${file}`);
  if (!response.ok) throw new Error(`/zoo/${model}/${file} could not be had: ${response.status}.`);
  return response;
}

/** Fetches a model of the package from where the Studio was served from. */
export async function fetchZoo(model: string): Promise<ZooFiles> {
  const [config, weights] = await Promise.all([
    fetched(model, 'config.json').then((response) => response.json()),
    fetched(model, 'model.safetensors').then((response) => response.arrayBuffer()),
  ]);
  return {
    config,
    weights: new Uint8Array(weights),
    json: (name) => fetched(model, name).then((response) => response.json()),
  };
}
