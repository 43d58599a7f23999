export { readTorchCheckpoint, type ReadTorchCheckpointOptions, type TorchCheckpoint } from './read-torch-checkpoint.ts'
