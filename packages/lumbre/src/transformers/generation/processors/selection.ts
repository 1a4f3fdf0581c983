export { type Cut, cutAtMass, kthLargest, topIndices } from '../../../models/selection.ts';
