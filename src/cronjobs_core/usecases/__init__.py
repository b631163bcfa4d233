"""What people and the clock ask for: authorise, load, ask the entity, store, commit."""
