export { trainClassifier, type TrainOptions } from './train-classifier.ts'
export { measureAccuracy } from './measure-accuracy.ts'
export { normalization, type ImageSet } from './normalized-batch.ts'
