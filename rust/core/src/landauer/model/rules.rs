//! Rules of thumb of the literature for the operations of a token, kept to reproduce figures that were had with them.

/// The operations of a forward pass for each token after Kaplan et al., 2 N + 2 L n d_attn.
///
/// N counts no embedding, and the attention term is the average over a causal context, so that the output projection
/// is missing and a token at the end of the context is counted half. The form is as noted in the project's physics
/// notes; the paper itself was not read again.
///
/// ```
/// assert_eq!(szilard::landauer::rules::kaplan_2020(6_476_271_616, 32, 4096, 4096), 14_026_285_056);
/// ```
pub fn kaplan_2020(non_embedding_parameters: u64, layers: u16, context: u32, attention_width: u32) -> u128 {
    2 * u128::from(non_embedding_parameters)
        + 2 * u128::from(layers) * u128::from(context) * u128::from(attention_width)
}

/// The operations of a forward pass for each token after the PaLM report, 2 N + 4 L H Q T: a third of its training
/// cost, with H heads of width Q and the full square of attention.
///
/// N counts the embedding table, which is looked up and not multiplied. From memory, as above.
///
/// ```
/// assert_eq!(szilard::landauer::rules::palm_2022(6_738_415_616, 32, 32, 128, 4096), 15_624_314_880);
/// ```
pub fn palm_2022(parameters: u64, layers: u16, heads: u16, head_width: u16, context: u32) -> u128 {
    let attention = u128::from(layers) * u128::from(heads) * u128::from(head_width) * u128::from(context);
    2 * u128::from(parameters) + 4 * attention
}
