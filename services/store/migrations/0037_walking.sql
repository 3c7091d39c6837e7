-- A rhythm now knows how people walk about in a home, by how many signs of life a quarter hour holds. One that was learnt before
-- cannot be read: it is learnt anew from the quarter hours that are kept, and at once.
update watch set learn_at = 'epoch';
