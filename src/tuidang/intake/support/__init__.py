"""Messages of support from people abroad: taken without an account, read by a person, shown apart from declarations and never in the ledger."""
