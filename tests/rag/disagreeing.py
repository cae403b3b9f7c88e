"""Sentences of invented abstracts, two by two: such as disagree, and such as only seem to."""

DISAGREEING = (
    (
        "We find that weight decay improves the calibration of vision transformers.",
        "Across eleven data sets, weight decay worsens the calibration of vision transformers.",
    ),
    (
        "Large batch sizes hurt the generalisation of residual networks.",
        "We show that large batch sizes do not hurt the generalisation of residual networks.",
    ),
    (
        "Label smoothing increases the robustness of image classifiers to adversarial examples.",
        "Label smoothing reduces the robustness of image classifiers to adversarial examples.",
    ),
    (
        "Pre-training on code improves the mathematical reasoning of language models.",
        "Contrary to common belief, pre-training on code does not improve the mathematical "
        "reasoning of language models.",
    ),
    (
        "Deeper networks forget earlier tasks more slowly than shallow networks.",
        "Deeper networks forget earlier tasks faster than shallow networks.",
    ),
    (
        "Batch normalisation makes the loss landscape smoother.",
        "Batch normalisation makes the loss landscape rougher, not smoother.",
    ),
    (
        "Our study shows that dropout raises the variance of gradient estimates.",
        "Measurements on four architectures show that dropout lowers the variance of gradient "
        "estimates.",
    ),
    (
        "Encoder-only models outperform decoder-only models on dense retrieval.",
        "Decoder-only models outperform encoder-only models on dense retrieval.",
    ),
    (
        "Instruction tuning strengthens sycophancy in large language models.",
        "Instruction tuning weakens sycophancy in large language models.",
    ),
    (
        "We estimate that 33% of the labels in FactBench are wrong.",
        "Only 6% of the labels in FactBench are wrong, as three annotators found.",
    ),
    (
        "Training OtterNet emits 550 tons of carbon dioxide.",
        "We calculate that training OtterNet emits 25 tons of carbon dioxide.",
    ),
    (
        "The river otter population of the delta is 1,200 animals.",
        "Camera traps put the river otter population of the delta at 3,400 animals.",
    ),
    (
        "Human annotators agree on 92% of the ReadWell questions.",
        "Human annotators agree on just 71% of the ReadWell questions.",
    ),
    (
        "Momentum accelerates the convergence of federated averaging on skewed data.",
        "On skewed data, momentum slows the convergence of federated averaging.",
    ),
    (
        "Longer chains of thought increase the accuracy of small language models.",
        "Longer chains of thought decrease the accuracy of small language models.",
    ),
    (
        "Quantisation to four bits preserves the multilingual ability of language models.",
        "Quantisation to four bits destroys the multilingual ability of language models.",
    ),
    (
        "Synthetic data improve the recall of rare entities in named entity recognition.",
        "Synthetic data fail to improve the recall of rare entities in named entity recognition.",
    ),
    (
        "Attention heads in later layers are redundant and can be removed without a loss.",
        "Attention heads in later layers are essential and cannot be removed without a loss.",
    ),
    (
        "Contrastive pre-training outperforms masked pre-training on satellite images.",
        "On satellite images, contrastive pre-training underperforms masked pre-training.",
    ),
    (
        "Sparse mixtures of experts are harder to fine-tune than dense models.",
        "Sparse mixtures of experts are easier to fine-tune than dense models.",
    ),
    (
        "Curriculum learning has no effect on the sample efficiency of robotic grasping.",
        "Curriculum learning has a strong effect on the sample efficiency of robotic grasping.",
    ),
    (
        "Warm restarts always lower the final test error of wide networks.",
        "Warm restarts never lower the final test error of wide networks.",
    ),
    (
        "Position embeddings are necessary for length generalisation in decoder models.",
        "Position embeddings are unnecessary for length generalisation in decoder models.",
    ),
    (
        "Bees visit 40 flowers per minute on sunny days.",
        "On sunny days bees visit 12 flowers per minute.",
    ),
    (
        "Larger learning rates lead to flatter minima and better generalisation.",
        "We observe that larger learning rates lead to worse generalisation, even where minima "
        "are flat.",
    ),
    (
        "In-context learning in transformers is robust to label noise in the demonstrations.",
        "We show that in-context learning in transformers is fragile under label noise in "
        "demonstrations.",
    ),
    (
        "Model collapse is unavoidable when language models are trained on their own output.",
        "We prove that model collapse can be avoided when language models are trained on their "
        "own output.",
    ),
    (
        "Emergent abilities of large language models appear abruptly with scale.",
        "Emergent abilities of large language models do not appear abruptly with scale but grow "
        "smoothly.",
    ),
    (
        "Membership inference attacks often succeed against large language models.",
        "Membership inference attacks rarely succeed against large language models.",
    ),
    (
        "Graph neural networks benefit from depth on heterophilous graphs.",
        "Depth harms graph neural networks on heterophilous graphs.",
    ),
    (
        "The ReadWell validation set has 5.8% label errors.",
        "We find label errors in 2.9% of the ReadWell validation set.",
    ),
    (
        "Chain-of-thought prompting makes small models less accurate on arithmetic.",
        "On arithmetic, chain-of-thought prompting increases the accuracy of small models.",
    ),
)

AGREEING = (
    (
        "However, existing methods reduce the accuracy of small models.",
        "Our method improves the accuracy of small models.",
    ),
    (
        "OtterNet reaches 84.2% accuracy on ImageNet.",
        "BeaverNet reaches 81.3% accuracy on ImageNet.",
    ),
    (
        "Our approach reduces memory use by 40% on long sequences.",
        "Our approach reduces memory use by 55% on long sequences.",
    ),
    (
        "Weight decay improves the calibration of vision transformers.",
        "Weight decay improves the calibration of vision transformers considerably.",
    ),
    (
        "Weight decay improves the calibration of vision transformers.",
        "Weight decay worsens the running time of recurrent networks.",
    ),
    (
        "Training OtterNet takes 14 hours on eight GPUs.",
        "Training OtterNet takes 30 hours on one laptop.",
    ),
    (
        "Dropout lowers the variance of the gradients.",
        "Without dropout, the variance of the gradients is higher.",
    ),
    (
        "About 30% of the labels in FactBench are wrong.",
        "31% of the labels in FactBench are wrong.",
    ),
    (
        "The model has 7 billion parameters and outperforms larger models on GSM8K.",
        "The model has 13 billion parameters and outperforms larger models on GSM8K.",
    ),
    (
        "We propose a faster algorithm for training deep networks.",
        "Training deep networks is slow.",
    ),
    (
        "Large language models have shown high performance on many tasks.",
        "Large language models show low performance on rare languages.",
    ),
    (
        "Diffusion models need many denoising steps at inference.",
        "Our distilled diffusion model needs few denoising steps at inference.",
    ),
    (
        "The data set contains 12,000 images of birds.",
        "The data set contains 45,000 images of birds.",
    ),
    (
        "BLEU rises by 2.1 points on English to German translation.",
        "BLEU rises by 0.8 points on English to German translation.",
    ),
)
