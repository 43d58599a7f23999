import { testScore } from '@mode-ood/core/test'
import center from './center.js'
import margin from './my-score.js'

// The contract of every score: among others that it scores the same after it was saved and loaded.
testScore(margin)
testScore(center)
