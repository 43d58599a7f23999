import type { BackboneSpec } from '@mode-ood/backbones'
import type { FeatureMap, Images, Matrix, StateDict } from '@mode-ood/core'
import type { CustomLoss, DifferentiableLoss } from './differentiable-loss.ts'
import type { LossInput } from './loss-options.ts'
import type { OptimizerInput } from './optimizer-options.ts'

/** What a trainer is made from. */
export interface TrainerOptions {
  readonly spec: BackboneSpec
  readonly classes: number
  /** One that is built in, or a function that TensorFlow.js can differentiate: the latter with the engine `tfjs` only. */
  readonly loss: LossInput | DifferentiableLoss | CustomLoss
  readonly optimizer?: OptimizerInput
  /** `tfjs` takes any differentiable loss and runs on GPUs; `auto` is `onnx` unless the loss is a function. */
  readonly engine?: 'auto' | 'onnx' | 'tfjs'
  /** Of TensorFlow.js, for the engine `tfjs`; the fastest that works unless given. */
  readonly backend?: 'tfjs-node-gpu' | 'tfjs-node' | 'wasm' | 'cpu'
  /** Of the ONNX engine: threads that share each batch, as PyTorch's DDP: batch statistics are each one's own. 1 by default. */
  readonly workers?: number
  /**
   * Of the ONNX engine: `auto` takes the blocked layout of the runtime's kernels where it works and plain operators, about
   * half as fast, elsewhere.
   */
  readonly layout?: 'auto' | 'plain'
  /**
   * The stem and so many stages stay as `state` has them, 0 by default: weights and running statistics keep their bits, batch
   * normalisation there uses the running statistics, and no gradient is computed that far.
   */
  readonly frozenStages?: number
  /** Of the initial weights; 0 by default. Ignored where `state` gives them. */
  readonly seed?: number
  /**
   * Tensors to start from: a checkpoint, or an earlier trainer's `state()`. The network must be complete; the classifier, the
   * loss's tensors and the optimiser's velocities, those of each stage, begin anew where it has none of them.
   */
  readonly state?: StateDict
}

/** A batch: `images` normalised, NHWC. With two views an image: view 1 of all images, then view 2 of all. */
export interface TrainingBatch {
  readonly images: Images
  /** One class an image, [images.count / views of the loss]. */
  readonly labels: Int32Array
}

/** What one step did. */
export interface StepResult {
  /** The loss before the update. */
  readonly loss: number
  /** Its summands by name, already weighted. Empty when there is only one. */
  readonly parts: Readonly<Record<string, number>>
}

/** What the network says in evaluation mode (running statistics). */
export interface Evaluation {
  /** `undefined` where the network has no classifier: the loss reads no logits, and the state to start from had none. */
  readonly logits: Matrix | undefined
  readonly embedding: Matrix
  readonly featureMap: FeatureMap
}

/** A network being trained. Calls are answered in their order. */
export interface Trainer {
  /** Engine, layout and workers, and why: for logs. */
  readonly description: string
  /**
   * Forward, backward and update with one batch.
   *
   * @throws TrainingDivergedError when the loss is not finite, naming step and learning rate.
   */
  step(batch: TrainingBatch, learningRate: number): Promise<StepResult>
  evaluate(images: Images): Promise<Evaluation>
  /** Everything needed to go on: see `modelTensors` for what of it a checkpoint for inference needs. */
  state(): Promise<StateDict>
  restore(state: StateDict): Promise<void>
  close(): Promise<void>
}
