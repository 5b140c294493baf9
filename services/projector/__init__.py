"""The projector: feeds the views, lane by lane, and builds new generations of them."""
