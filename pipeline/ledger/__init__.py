"""The ledger (任务台账): a living book of what is to be done, by whom and when, beside the extracted records and never mixed with them."""
