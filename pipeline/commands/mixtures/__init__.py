"""Mixtures on their own: a plan is shown, proxies are drawn, judged and fitted."""
