// The laboratory trains with what the exhibit trains with.
export * from '../../exhibits/playground/compute.ts';
